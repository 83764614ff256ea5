"""A business brings an account: five steps, a look at whether it is ready, submission, a signed receipt."""

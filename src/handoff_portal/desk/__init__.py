"""The desk: what needs you now, the queue of cases, and the page of one case with everything about it."""

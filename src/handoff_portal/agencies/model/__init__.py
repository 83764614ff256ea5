"""What a licence, an assurance report and a profile are, and what may become of them. Pure."""

"""The frame of every page: front door, forms, templates, headers, refusals."""

"""The demo: the real portal on one machine, with invented businesses, agencies and customers."""

"""The contact guard's rules, situations and decisions. Pure: time, zones and holidays are arguments."""

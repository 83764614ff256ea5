"""Papers of a case: contract, invoices, proof of delivery, final notice. Sealed while they stream in."""

"""Keys of agencies' own files (licences, assurance reports): one random key a file, sealed by the portal.

They are no case content: the operator's officer must read them to verify, so they stand under the portal's
licence key, not under an organisation's.
"""

import os
from uuid import UUID

from handoff_portal.adapters.vault.cases import DocumentKey
from handoff_portal.adapters.vault.seal import KEY_BYTES, Context, Kind, Octets, open_sealed, seal
from handoff_portal.adapters.vault.vault import SystemKey, Vault
from handoff_portal.core.ids import NOBODY


def new_agency_document_key(vault: Vault, agency: UUID, document: UUID) -> tuple[DocumentKey, bytes]:
    """Draw the key of a new file; gives it open, for sealing, and wrapped, for its row."""
    secret = os.urandom(KEY_BYTES)
    wrapped = seal(vault.system_key(SystemKey.LICENCE), _context(agency, document), secret)
    return DocumentKey(document, NOBODY, agency, secret), wrapped


def open_agency_document_key(vault: Vault, agency: UUID, document: UUID, wrapped: Octets) -> DocumentKey:
    """Open the key of a file. Raises Tampered if it was made for another agency or file."""
    secret = open_sealed(vault.system_key(SystemKey.LICENCE), _context(agency, document), wrapped)
    return DocumentKey(document, NOBODY, agency, secret)


def _context(agency: UUID, document: UUID) -> Context:
    return Context(Kind.WRAP_DOC, agency, object_id=document, name="agency-document-key")

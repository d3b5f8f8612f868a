"""What is wrong with the certificate of a server, and what to do about it."""

import ssl

_OTHER_NAME = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""


def distrust(error: BaseException, section: str) -> str | None:
    """Say why a certificate is not trusted and which key of a section helps; None for any other error."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return None
    message = error.verify_message.rstrip(".")
    cure = "the name that stands in it as host" if error.verify_code in _OTHER_NAME else "ca_file"
    return f"has a certificate that is not trusted ({message}); set [{section}] {cure}."

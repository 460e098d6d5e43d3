"""Pictures of goods, through Saleor's own checks and the shop's own storage."""

from __future__ import annotations

import hashlib
import mimetypes

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from saleor.graphql.core.validators.file import clean_image_file, detect_mime_type
from saleor.product import ProductMediaTypes
from saleor.product.error_codes import ProductErrorCode
from saleor.product.models import ProductMedia

__all__ = ["save"]

#: Private metadata of a picture of ours: the name 1C knows it by, and its content.
NAME, DIGEST = "b2b.picture", "b2b.picture_digest"


def save(product_id: int, name: str, content: bytes) -> bool:
    """Add or replace the picture ``name``; False where it is already there, just so."""
    digest = hashlib.sha256(content).hexdigest()
    known = ProductMedia.objects.filter(
        product_id=product_id, private_metadata__contains={NAME: name}
    ).first()
    if known is not None and known.private_metadata.get(DIGEST) == digest:
        return False
    media = known or ProductMedia(product_id=product_id, type=ProductMediaTypes.IMAGE)
    media.private_metadata = {**(media.private_metadata or {}), NAME: name, DIGEST: digest}
    media.image = _checked(content, digest)
    media.save()
    media.thumbnails.all().delete()
    return True


def _checked(content: bytes, digest: str) -> SimpleUploadedFile:
    """The content as an upload that passed Saleor's checks. Raises ``ValueError``."""
    file = SimpleUploadedFile(digest[:20], content)
    mime = detect_mime_type(file)
    extension = mimetypes.guess_extension(mime) or ""
    file = SimpleUploadedFile(f"{digest[:20]}{extension}", content, content_type=mime)
    try:
        clean_image_file({"image": file}, "image", ProductErrorCode)
    except ValidationError as error:
        raise ValueError("; ".join(error.messages)) from error
    file.seek(0)
    return file

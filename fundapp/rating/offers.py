"""The steps of a measure that the rating offers."""

from fundapp.lifecycle.offers import Offer
from fundapp.measures import lifecycle as life
from fundapp.rating import reasons, undoing

OFFERS: tuple[Offer, ...] = (
    Offer(life.OPEN_RATING, "/rating/measures/{id}/open", reasons.why_not_open, back=undoing.back_from_rating),
    Offer(life.CLOSE_RATING, "/rating/measures/{id}/close", reasons.why_not_close, back=undoing.back_from_closing),
    Offer(life.REOPEN_RATING, "/rating/measures/{id}/reopen", reasons.why_not_reopen, back=undoing.back_from_rating),
    *(
        Offer(step, "/rating/measures/{id}/meeting", reasons.why_not_in_meeting, "get", undoing.back_from_decision)
        for step in (life.APPROVE, life.RESERVE, life.DEFER, life.REJECT)
    ),
    Offer(life.ANSWER, "/rating/measures/{id}/answer", reasons.why_not_answer, "get", undoing.back_from_answer),
    Offer(life.PROMOTE, "/rating/measures/{id}/promote", reasons.why_not_promote, "get", undoing.back_from_promotion),
    Offer(
        life.UPHOLD_ELIGIBLE, "/rating/measures/{id}/uphold", reasons.why_not_uphold, back=undoing.back_from_accepting
    ),
    Offer(
        life.UPHOLD_REJECTED, "/rating/measures/{id}/uphold", reasons.why_not_uphold, back=undoing.back_from_upholding
    ),
    Offer(life.EXPIRE_RESERVE, "/rating/measures/{id}/expire", reasons.why_not_expire, back=undoing.back_from_expiry),
)

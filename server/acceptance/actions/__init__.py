"""The verbs of acceptance, one module for each part of the way: applying, accepting, closing, reassigning."""

from server.acceptance.actions.accepting import Demand, Signature, decide, give_opinion, resume, send_back, suspend
from server.acceptance.actions.applying import ApplicationDraft, NoAppPhoto, Pair, Waiver, apply_for_acceptance, withdraw
from server.acceptance.actions.closing import confirm, decline, file_closure, record_superior_result, reopen, submit_upward
from server.acceptance.actions.reassigning import reassign

__all__ = [
    "ApplicationDraft",
    "Demand",
    "NoAppPhoto",
    "Pair",
    "Signature",
    "Waiver",
    "apply_for_acceptance",
    "confirm",
    "decide",
    "decline",
    "file_closure",
    "give_opinion",
    "reassign",
    "record_superior_result",
    "reopen",
    "resume",
    "send_back",
    "submit_upward",
    "suspend",
    "withdraw",
]

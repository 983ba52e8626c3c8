"""What the scripts of the field page say; the page carries these in its language."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TEXTS = {
    "app_name": pgettext_lazy("product name", "Zhinalys"),
    # where things stand
    "online": _("Connected"),
    "offline": _("No connection"),
    "no_server": _("The site does not answer"),
    "session": _("Signed out: cards are sent after you sign in"),
    "waiting_none": _("Everything has been sent"),
    "waiting": _("Waiting to be sent: {n}"),
    "sending": _("Sending…"),
    "last_sent": _("last sent {time}"),
    "next_try": _("next try in {time}"),
    "update": _("A newer version of this page is ready."),
    "update_now": _("Use it now"),
    # the line under the card
    "idle": _("What you type is kept on this device at once"),
    "keeping": _("Keeping…"),
    "kept": _("Kept on this device, not sent yet"),
    "kept_sealed": _("Kept sealed: it cannot be read here after you leave this page"),
    "saved": _("Saved on the site at {time}"),
    "partly": _("Saved on the site at {time}, except the marked answers"),
    "full": _("This device has no room left. Stay on this page until the card is on the site."),
    "conflict": _("The card was changed elsewhere: choose below which answers stand"),
    "elsewhere": _("This card is open in another tab."),
    "take_over": _("Go on here"),
    # lists
    "drafts": _("Drafts"),
    "returned": _("Returned by the editor"),
    "asked": _("The editor asks"),
    "parcels": _("Finished, waiting to be sent"),
    "parcels_help": _("Sealed for the bureau: nobody can read them on this device, you neither."),
    "parcel_card": _("Card finished at {time}"),
    "parcel_outcome": _("Court outcome noted at {time}"),
    "parcel_file": _("Photograph of {time}, {size}"),
    "parcel_draft": _("Draft sealed at {time}"),
    "parcel_other": _("Of another account: sent after its owner signs in"),
    "outcomes": _("Court outcomes to correct"),
    "correct": _("Correct"),
    "followups": _("Still without an outcome"),
    "remind": _("look again on {date}"),
    "due": _("due"),
    "add_outcome": _("Add an outcome"),
    "sent": _("Sent lately"),
    "messages": _("News"),
    "nothing": _("Nothing waits for you."),
    "untitled": _("Card without a city yet"),
    "unsent": _("not on the site yet"),
    "problem": _("needs a correction"),
    "both": _("two versions"),
    "photos": _("photographs: {n}"),
    "open_site": _("Read on the site"),
    # locked
    "locked": _("Drafts on this device are locked: {n}"),
    "locked_help": _("Open them with your PIN or passkey, or sign in."),
    "locked_new": _(
        "You can begin a new card all the same. It is sealed as you type and arrives at the "
        "site as a draft."
    ),
    "pin": _("PIN"),
    "unlock": _("Open"),
    "unlock_passkey": _("Open with the passkey"),
    "unlock_site": _("Show again who you are"),
    "pin_wrong": _("That is not the PIN. Tries left: {n}."),
    "pin_over": _("Too many wrong tries: the PIN has been removed. Sign in to open the drafts."),
    "passkey_failed": _("The passkey did not open the drafts. Try again, or sign in."),
    "first": _("This device is not ready yet"),
    "first_help": _("Sign in once with a connection; after that the card works without one."),
    "forgotten": _(
        "Somebody has ended this device's access from another device. Drafts that had not been "
        "sent are gone; finished cards are still sealed here and can be sent."
    ),
    # answers
    "required": _("Answer this question."),
    "detained_required": _("Give a number (0 means none), or say “not known”."),
    "missing": _("Some questions are still open: {n}. They are marked."),
    "submitted": _("Card {number} has been submitted."),
    "sealed": _(
        "The card is finished and sealed. It is sent by itself as soon as there is a connection."
    ),
    "already": _("The site has this card already."),
    "held": _("The site has kept the card sealed; the bureau opens it with its other key."),
    "refused": _(
        "The site could not take the card as finished. It is a draft again; the answers to "
        "correct are marked."
    ),
    "gone": _("This card can no longer be changed from here."),
    "gone_kept": _("What you typed is kept here until you remove it."),
    "confirm": _("Is this right?"),
    "confirm_twins": _("There is a card on what may be the same assembly:"),
    "confirm_send": _("It is right, submit"),
    "noticed": _("The site noticed: {text}"),
    "mine": _("Your answer"),
    "theirs": _("Saved answer"),
    "empty": pgettext_lazy("answer", "empty"),
    "repeated": _("as on your last card"),
    "conflict_title": _("The card was changed while you were working on it"),
    "conflict_help": _(
        "Nothing has been lost. Choose for each answer which one shall stand, then save."
    ),
    "conflict_save": _("Save what I chose"),
    "outcome_kept": _("The outcome is sealed and is sent by itself."),
    "outcome_sent": _("The outcome has been added."),
    "outcome_refused": _("The outcome could not be taken; correct the marked answers."),
    "save": _("Save draft"),
    "reply_send": _("Send the answer"),
    "reply": _("Your answer to the editor"),
    "discard": _("Remove this draft from the device"),
    "discard_ask": _("Remove this draft? What has not been sent is lost."),
    # crowd
    "tally": _("Count by taps"),
    "count_at": _("{n} at {time}"),
    "count_used": _("used"),
    "count_use": _("Use this one"),
    "count_highest": _("highest"),
    "count_again": _("Count again at about {time}"),
    "count_delete": _("Take it out"),
    "near": _("Nearest city: {city}"),
    "near_none": _("No city of the list is near."),
    "near_refused": _("The place could not be found. Choose the city from the list."),
    "near_search": _("Looking…"),
    # photographs
    "taken_by": _("Taken by:"),
    "photo_kept": _("sealed, waits"),
    "photo_sent": _("on the site"),
    "photo_bad": _("{name} is not a photograph that can be read here."),
    "photo_refused": _("The site could not take a photograph: {text}"),
    # device
    "storage": _("Used on this device: {used} of {all}"),
    "storage_kept": _("The browser has agreed to keep this page's data."),
    "storage_loose": _(
        "The browser may remove this page's data when room is short. Installing the page helps."
    ),
    "pin_short": _("Choose at least six characters."),
    "pin_set": _("The PIN is set."),
    "pin_offline": _("A PIN can be set only with a connection."),
    "passkey_set": _("The passkey opens the drafts on this device now."),
    "passkey_none": _("This device's passkeys cannot do that. A PIN can."),
    "wipe_ask": _("Remove everything from this device?"),
    "wipe_lost": _(
        "Lost for good: finished cards that have not been sent: {cards}; drafts that are not "
        "on the site: {drafts}; photographs: {photos}."
    ),
    "wipe_nothing": _("Nothing is lost: everything has been sent."),
    "wipe_now": _("Remove everything"),
    "insecure": _(
        "This page works only over HTTPS in a browser of the last years. Use the card of the "
        "site itself."
    ),
}

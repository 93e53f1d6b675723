//! What to do about something that cannot be done, and why a date is not taken: words that the edge turns into sentences.
//!
//! A refusal that names its remedy tells the person the next step; its text is in `sesame::i18n`, a row a word.

use crate::values::words;
use serde::{Deserialize, Serialize};

words!(
    /// The next step of someone who was refused.
    Remedy {
        /// A group does not sign in.
        ConvertToPerson = "CONVERT_TO_PERSON",
        /// The account deletes its contacts itself.
        DeleteContact = "DELETE_CONTACT",
        /// There is no login to the portal yet.
        OpenPortalAccount = "OPEN_PORTAL_ACCOUNT",
        /// The address is that of a login.
        ClosePortalAccount = "CLOSE_PORTAL_ACCOUNT",
        /// The link opens nothing any more.
        AskForANewLink = "ASK_FOR_A_NEW_LINK",
        /// The issue is still to come.
        WaitForTheIssue = "WAIT_FOR_THE_ISSUE",
        /// The complaint was answered or closed.
        ReopenClaim = "REOPEN_CLAIM",
        /// The complaint is open.
        AnswerClaim = "ANSWER_CLAIM",
        /// No request waits for a decision.
        RequestDeletion = "REQUEST_DELETION",
        /// No ERP is connected.
        ConnectErp = "CONNECT_ERP",
        /// Another ERP is connected.
        DisconnectErp = "DISCONNECT_ERP",
        /// The ERP sends, and cannot be asked.
        GiveErpAddress = "GIVE_ERP_ADDRESS",
        /// The contact is no record of the ERP.
        LinkErpRecord = "LINK_ERP_RECORD",
        /// The contact is a record of the ERP already.
        OneRecordAContact = "ONE_RECORD_A_CONTACT",
        /// The contact has the address already.
        EmailIsTheirs = "EMAIL_IS_THEIRS",
        /// Others change the same contact again and again.
        SendAgain = "SEND_AGAIN",
        /// The plan is too old, stopped, taken back, or refuses everything.
        PlanAgain = "PLAN_AGAIN",
        /// The import is through.
        UndoImport = "UNDO_IMPORT",
        /// Nothing of the plan was applied.
        CancelPlan = "CANCEL_PLAN",
        /// The import is under way.
        StopImport = "STOP_IMPORT",
        /// It is too late to undo the import.
        EditByHand = "EDIT_BY_HAND",
        /// The subscription never ends.
        NothingToRenew = "NOTHING_TO_RENEW",
        /// The subscription is over.
        RenewSubscription = "RENEW_SUBSCRIPTION",
        /// No invitation waits.
        InviteAgain = "INVITE_AGAIN",
        /// No invitation waits for the user's answer.
        AskToBeInvited = "ASK_TO_BE_INVITED",
        /// The invitation was accepted.
        LeaveAccount = "LEAVE_ACCOUNT",
        /// The invitation was answered, or there was none.
        DeactivateMember = "DEACTIVATE_MEMBER",
        /// The guest has not answered yet.
        RevokeInvitation = "REVOKE_INVITATION",
        /// The owner holds every right.
        TransferOwnership = "TRANSFER_OWNERSHIP",
        /// Only guests leave of their own will.
        AskToBeRemoved = "ASK_TO_BE_REMOVED",
        /// An owner has to be able to sign in.
        ChooseWhoSignsIn = "CHOOSE_WHO_SIGNS_IN",
        /// A guest's address is the invited one.
        InviteOtherAddress = "INVITE_OTHER_ADDRESS",
        /// The contact has not registered or was not invited.
        InviteToApp = "INVITE_TO_APP",
        /// The contact has registered in the app.
        IsRegistered = "IS_REGISTERED",
        /// The registration waits no more.
        RegistrationDecided = "REGISTRATION_DECIDED",
        /// The login was erased.
        OpenAnotherLogin = "OPEN_ANOTHER_LOGIN",
        /// The account has as many webhooks as it may.
        DisconnectWebhook = "DISCONNECT_WEBHOOK",
        /// The token was made, and shown once.
        RevokeToken = "REVOKE_TOKEN",
        /// The delivery is done with, or of another kind.
        DeliveryIsOver = "DELIVERY_IS_OVER",
        /// The user's own address is not verified.
        VerifyYourLogin = "VERIFY_YOUR_LOGIN",
        /// The owner of the account may.
        AskTheOwner = "ASK_THE_OWNER",
        /// Only support may.
        AskSupport = "ASK_SUPPORT",
        /// Only who runs the instance may.
        AskTheOperator = "ASK_THE_OPERATOR",
        /// Only the person it concerns may.
        SignInAsThem = "SIGN_IN_AS_THEM",
        /// No app is asked for.
        NoSecondFactor = "NO_SECOND_FACTOR",
        /// They show anew who they are.
        ConfirmYourself = "CONFIRM_YOURSELF",
        /// The same, to the account's provider.
        ConfirmAtTheProvider = "CONFIRM_AT_THE_PROVIDER",
        /// Only the person themselves may, and not by the word of an account's provider.
        SignInYourself = "SIGN_IN_YOURSELF",
    }
);

words!(
    /// Why a date is not taken.
    DateFault {
        /// Too long ago or too far ahead to be meant.
        OutOfRange = "OUT_OF_RANGE",
        /// It is over.
        Past = "PAST",
        /// It is still to come.
        Future = "FUTURE",
        /// A last day before the first.
        BeforeFirstDay = "BEFORE_FIRST_DAY",
        /// A first day within the term there is.
        BeforeEnd = "BEFORE_END",
    }
);

package store

import "slices"

// Deed is what somebody did in the administration of the node. It ends message
// keys "deed.".
type Deed string

// DeedTopic is what a deed is about. It ends message keys "deed-topic.".
type DeedTopic string

// The topics.
const (
	OnModeration DeedTopic = "moderation"
	OnMembers    DeedTopic = "members"
	OnNetwork    DeedTopic = "network"
	OnContents   DeedTopic = "contents"
	OnNode       DeedTopic = "node"
)

// DeedTopics are all topics, in the order in which they are offered.
var DeedTopics = []DeedTopic{OnModeration, OnMembers, OnNetwork, OnContents, OnNode}

// What is done about members.
const (
	AddMember      Deed = "add-member"
	InviteMember   Deed = "invite-member" // Reason: the role
	EndInvitation  Deed = "end-invitation"
	JoinLab        Deed = "join-lab"       // by an invitation; Reason: the role
	JoinByRule     Deed = "join-by-rule"   // Reason: the role
	LeaveLab       Deed = "leave-lab"      // a member deletes the account
	AppointMember  Deed = "appoint-member" // Reason: the role
	EditMember     Deed = "edit-member"    // the profile of another
	MakeLink       Deed = "make-link"      // by which a member signs in
	MakeToken      Deed = "make-token"     // by which software acts as a member
	DropFactors    Deed = "drop-factors"
	SaveCircle     Deed = "save-circle"
	DissolveCircle Deed = "dissolve-circle"
	SetRule        Deed = "set-rule" // What: a SIRET or a domain; Reason: the role
	EndRule        Deed = "end-rule"
)

// What is done about other nodes.
const (
	FollowActor    Deed = "follow"
	UnfollowActor  Deed = "unfollow"
	AdmitFollower  Deed = "admit-follower"
	RefuseFollower Deed = "refuse-follower"
	ChooseCopy     Deed = "choose-copy"
	OpenNetwork    Deed = "open-network"  // the lab exchanges with everybody
	CloseNetwork   Deed = "close-network" // with those alone whom somebody here follows
	ListNetwork    Deed = "list-network"  // with the servers of a list alone
	RetryHost      Deed = "retry-host"
	DropHost       Deed = "drop-host"   // what waits for it
	PauseHost      Deed = "pause-host"  // nothing goes there, nothing is fetched there
	ResumeHost     Deed = "resume-host" // the end of a pause
	ForgetHost     Deed = "forget-host" // our follows there, the copies, what waits for it
	RetryWork      Deed = "retry-work"  // Reason: the kind of job
	DropWork       Deed = "drop-work"
)

// What is done about contents.
const (
	EditRecord       Deed = "edit-record" // of others
	DeleteRecord     Deed = "delete-record"
	PinRecord        Deed = "pin-record"
	UnpinRecord      Deed = "unpin-record"
	ReadImport       Deed = "read-import" // What: the file
	MapImport        Deed = "map-import"
	StartImport      Deed = "start-import"
	PauseImport      Deed = "pause-import"
	UndoImport       Deed = "undo-import"
	ForgetImport     Deed = "forget-import"
	TakeSnapshot     Deed = "take-snapshot"
	WithdrawSnapshot Deed = "withdraw-snapshot"
	RetryLink        Deed = "retry-link"
)

// What is done about the node itself.
const (
	SetUpNode       Deed = "set-up"
	EditLab         Deed = "edit-lab"
	EditStatements  Deed = "edit-statements"
	EditCharter     Deed = "edit-charter"
	ArrangeFront    Deed = "arrange-front"   // the home page
	ChooseColour    Deed = "choose-colour"   // What: the colour; empty: that of the software
	EditThemes      Deed = "edit-themes"     // the words for them
	ChangeSettings  Deed = "change-settings" // What: their names
	OpenForm        Deed = "open-form"
	CloseForm       Deed = "close-form"
	TestMail        Deed = "test-mail"
	HideSteps       Deed = "hide-steps"
	ReadDeclaration Deed = "read-declaration"
	PlanBackups     Deed = "plan-backups"
	OrderBackup     Deed = "order-backup"
	VerifyBackup    Deed = "verify-backup" // What: the archive
	MakeBackup      Deed = "make-backup"
	FetchBackup     Deed = "fetch-backup" // somebody took it away
	RestoreBackup   Deed = "restore-backup"
)

// deeds is the table of all that the journal can say.
var deeds = map[DeedTopic][]Deed{
	OnModeration: {
		Verify, Release, Hide, Merge, Ask, Undo, Erase, SuspendHost, SilenceHost, LiftHost,
		SuspendActor, LimitActor, LiftActor, HideRecord, ShowRecord, UpholdReport, DismissReport,
	},
	OnMembers: {
		AddMember, InviteMember, EndInvitation, JoinLab, JoinByRule, LeaveLab, AppointMember, EditMember,
		MakeLink, MakeToken, DropFactors, SaveCircle, DissolveCircle, SetRule, EndRule,
	},
	OnNetwork: {
		FollowActor, UnfollowActor, AdmitFollower, RefuseFollower, ChooseCopy, OpenNetwork, CloseNetwork, ListNetwork,
		RetryHost, DropHost, PauseHost, ResumeHost, ForgetHost, RetryWork, DropWork,
	},
	OnContents: {
		EditRecord, DeleteRecord, PinRecord, UnpinRecord, ReadImport, MapImport, StartImport, PauseImport, UndoImport, ForgetImport,
		TakeSnapshot, WithdrawSnapshot, RetryLink,
	},
	OnNode: {
		SetUpNode, EditLab, EditStatements, ChangeSettings, OpenForm, CloseForm, TestMail, HideSteps, ReadDeclaration,
		PlanBackups, OrderBackup, VerifyBackup, MakeBackup, FetchBackup, RestoreBackup,
		EditCharter, ArrangeFront, ChooseColour, EditThemes,
	},
}

// Deeds are all deeds, by topic.
func Deeds() []Deed {
	var all []Deed
	for _, topic := range DeedTopics {
		all = append(all, deeds[topic]...)
	}
	return all
}

// Topic is what the deed is about; empty for one that is in no table.
func (d Deed) Topic() DeedTopic {
	for topic, list := range deeds {
		if slices.Contains(list, d) {
			return topic
		}
	}
	return ""
}

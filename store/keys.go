package store

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// The tables. A key is a table's name, a slash, and its parts: ids as eight
// big-endian bytes, IRIs as the first 16 bytes of their SHA-256.
const (
	tMeta     = "m/"  // name -> value
	tActor    = "a/"  // id -> Actor
	tActorIRI = "ai/" // iri -> id
	tHandle   = "ah/" // host 0 handle -> id
	tLocal    = "al/" // id -> nothing: the actors of this node
	tKeypair  = "ak/" // id -> Keypair
	tKeyID    = "ki/" // id of a public key -> actor id

	tRecord    = "r/"  // id -> the record's typed view
	tRecordIRI = "ri/" // iri -> id
	tRaw       = "rr/" // id -> the document (local) or the activity that brought it (remote)
	tTombstone = "rt/" // iri -> Tombstone
	tUsed      = "rg/" // id -> of a record that was deleted, nothing; of a reaction, record id and actor id; never given out again
	tByKind    = "rk/" // kind 0 id -> listing
	tByLab     = "rl/" // lab iri, id -> listing
	tByAuthor  = "ru/" // author iri, id -> listing
	tThread    = "rp/" // root id, id -> listing
	tWhen      = "rd/" // kind 0 end, start, id -> listing: of what takes place, moments as eight bytes
	tRiver     = "rv/" // id -> listing: what followed labs published
	tPinned    = "rx/" // lab id, id -> nothing
	tPin       = "rm/" // id -> longitude, latitude, listing, PinText: of what lies somewhere
	tEdge      = "re/" // target iri, id -> nothing: of a record that names the target in a relation
	tSource    = "rs/" // hash of kind, source and id there -> id: what was brought from elsewhere
	tConfirmed = "ec/" // id -> hash of the relations that its origin was seen to say
	tLink      = "rf/" // id, hash of an address -> LinkCheck: of those at which nothing was found
	tEdition   = "ro/" // id, id -> Edition
	tSeat      = "y/"  // event id, holder -> Seat
	tSeatOf    = "yi/" // actor iri, event id -> nothing
	tArrival   = "rw/" // id of a moment -> Arrival
	tArrived   = "ra/" // id -> 1: it has its arrival
	tReaction  = "x/"  // record id, kind, actor id -> Reaction

	tExchange = "fx/" // host 0 day -> how many activities

	tFollowing = "f/"  // follower id, followed id -> Follow
	tFollowers = "g/"  // followed id, follower id -> Follow
	tBlock     = "b/"  // blocker id, blocked id -> Block
	tDomain    = "bd/" // host -> DomainBlock
	tReport    = "p/"  // id -> Report
	tLimit     = "bl/" // actor id -> Limit

	tImport     = "im/" // id -> Import
	tImportFile = "if/" // id, number -> a piece of its file
	tImportRow  = "ir/" // id, number -> ImportedRow

	tActivity    = "v/"  // id -> Activity
	tActivityIRI = "vi/" // iri -> id
	tOutbox      = "vo/" // actor id, id -> 1 when everybody may see it, then its record's id

	tOut   = "o/"  // seq -> out-log entry
	tInbox = "oi/" // inbox number -> Inbox
	tInURL = "ou/" // inbox url -> number
	tLane  = "h/"  // host -> Lane

	tHostOrder = "ho/" // host -> HostOrder
	tRejects   = "hr/" // day, as 2006-01-02 -> Rejects

	tJob = "j/" // kind 0 due, id -> Job

	tChange = "c/" // id -> Change

	tSnapshot     = "sn/" // name -> Snapshot
	tSnapshotFile = "sf/" // sha-256 of a file, number -> a piece of it

	tPublic  = "lp/" // 0 home or 1 away, id -> nothing: for everybody, said to nobody
	tTag     = "lt/" // hashtag, id -> nothing: public and tagged
	tReplies = "la/" // iri of a record, id of an answer -> its audience
	tHome    = "lh/" // actor id, id -> nothing, or record id and who announced it
	tReacted = "lx/" // actor id, kind 0, id -> record id, actor id

	tPosts       = "np/" // lab iri -> how many records of it are open
	tFollowCount = "nf/" // actor id, "f" or "g" -> how many it follows, how many follow it

	tNotice      = "qn/" // actor id, id -> Notice
	tMute        = "qm/" // actor id, muted id -> Mute
	tMutedThread = "qt/" // actor id, root id -> nothing
	tWish        = "qw/" // actor id, followed id -> Wish
	tBookmark    = "qb/" // actor id, id -> record id, 0
	tBookmarked  = "qr/" // actor id, record id -> bookmark id
	tMarker      = "qp/" // actor id, timeline -> Marker
	tPolicy      = "qo/" // actor id -> of whom it does not want to be told
	tFilter      = "qf/" // actor id, id -> Filter
	tList        = "ql/" // actor id, id -> List
	tFollowedTag = "qh/" // actor id, hashtag -> nothing
	tTagReader   = "qg/" // hashtag, actor id -> nothing: who follows it
	tLetters     = "qv/" // actor id -> Letters
	tTalk        = "qc/" // actor id, root id -> Talk
	tMessage     = "qd/" // actor id, root id, id -> nothing: what is for it alone, in a talk
	tScheduled   = "qe/" // actor id, id -> Scheduled
	tPush        = "qs/" // actor id, hash of a token -> Push
	tUpload      = "qu/" // actor id, id -> Upload
	tDisclosure  = "qk/" // actor id, id -> Disclosure

	tApp  = "ka/" // client id -> App
	tCode = "uc/" // hash of an authorization code -> Code

	tAccount = "u/"  // id -> Account
	tEmail   = "ue/" // e-mail -> account id
	tByActor = "ua/" // actor id -> account id
	tToken   = "ut/" // hash of a token -> Token
	tSession = "us/" // hash of a session id -> session
	tLogin   = "ul/" // account id, id -> Login
	tFactors = "uk/" // account id -> Factors

	tIdentity   = "uo/" // account id, hash of issuer and subject -> Identity
	tIdentityOf = "up/" // hash of issuer and subject -> account id

	tInvitation = "ui/" // hash of a secret -> Invitation
	tRoleRule   = "ur/" // SIRET or domain -> RoleRule

	tContribution = "w/"  // record id -> Contribution
	tEditLink     = "wt/" // hash of an edit link's secret -> record id
	tWrittenBy    = "we/" // e-mail of a contributor, record id -> nothing
	tToModerate   = "wq/" // record id -> nothing: contributions that wait for a moderator
	tJournal      = "wl/" // id -> JournalEntry
	tNamed        = "wn/" // kind, title and commune, record id -> nothing: of this node, of kinds that are open

	tSubscriber   = "ws/" // id -> Subscriber
	tSubscriberOf = "wa/" // e-mail -> subscriber id
	tPending      = "wp/" // hash of a secret -> PendingSubscription
	tPendingOf    = "wo/" // e-mail, hash of a secret -> PendingSubscription, only until when

	tCircle   = "e/"  // id -> Circle
	tInCircle = "ei/" // member iri, id -> nothing
)

// key joins a table and its parts: ID, string or []byte.
func key(table string, parts ...any) []byte {
	k := append(make([]byte, 0, len(table)+24), table...)
	for _, p := range parts {
		switch p := p.(type) {
		case ID:
			k = append(k, p.Key()...)
		case string:
			k = append(k, p...)
		case []byte:
			k = append(k, p...)
		case byte:
			k = append(k, p)
		default:
			panic(fmt.Sprintf("store: key part %T", p))
		}
	}
	return k
}

// hash16 is how an IRI stands in a key: short, and of any length.
func hash16(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:16]
}

// prefixEnd is the first key after every key that begins with prefix.
func prefixEnd(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}

// scan yields what lies below prefix, with the prefix cut off the keys.
func (t *Txn) scan(prefix []byte, reverse bool) iter.Seq2[[]byte, []byte] {
	return t.scanRange(prefix, prefix, prefixEnd(prefix), reverse)
}

// scanRange yields from <= key < to with the first len(cut) bytes cut off.
func (t *Txn) scanRange(cut, from, to []byte, reverse bool) iter.Seq2[[]byte, []byte] {
	return func(yield func([]byte, []byte) bool) {
		for k, v := range t.tx.Scan(from, to, reverse) {
			if !yield(k[len(cut):], v) {
				return
			}
		}
	}
}

// getJSON reads a value into v and says whether it was there. What this package
// wrote it can read; anything else is damage, and panics with the key.
func (t *Txn) getJSON(k []byte, v any) bool {
	b := t.tx.Get(k)
	if b == nil {
		return false
	}
	mustDecode(k, b, v)
	return true
}

func mustDecode(k, b []byte, v any) {
	if err := json.Unmarshal(b, v); err != nil {
		panic(fmt.Errorf("store: value of %q is damaged: %w", k, err))
	}
}

func (t *Txn) putJSON(k []byte, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("store: encode %q: %w", k, err))
	}
	t.tx.Put(k, b)
}

// getID reads an index entry; zero means that there is none.
func (t *Txn) getID(k []byte) ID { return idFromKey(t.tx.Get(k)) }

// stamp is a time as it is kept: seconds matter, zones do not.
func stamp(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

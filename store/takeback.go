package store

import "time"

// takeBackWithin is for how long a decision can be taken back from the log.
const takeBackWithin = 30 * 24 * time.Hour

// CanTakeBack says whether a decision of moderators can be taken back: it is not older
// than 30 days, it still holds, and what was before it is known. What was erased, asked
// or told another node cannot.
func (t *Txn) CanTakeBack(e *JournalEntry) bool {
	if t.now.Sub(e.When) > takeBackWithin {
		return false
	}
	switch e.Deed {
	case Verify, Release, Hide, Merge:
		c, err := t.Contribution(e.Record)
		return err == nil && c.Before != ""
	case HideRecord:
		it, err := t.Record(e.Record)
		return err == nil && e.Before != "" && e.Before != Team && !it.Envelope().Remote && it.Envelope().Audience == Team
	case LimitActor:
		return t.tx.Get(key(tLimit, e.Actor)) != nil
	case SuspendActor:
		account, err := t.AccountOf(e.Actor)
		return err == nil && account.Suspended || t.BlockedHere(e.Actor)
	case SuspendHost, SilenceHost:
		b, err := t.DomainBlock(e.Host)
		return err == nil && (b.Severity == Silence) == (e.Deed == SilenceHost)
	}
	return false
}

package store

import (
	"cmp"
	"slices"
	"time"
)

// Suggestion is a lab that ours may want to follow, and why. At least one of the
// reasons is there.
type Suggestion struct {
	Lab       *Peer
	Followers []*Peer  // whom our lab follows and who follow it, by their own word
	FollowsUs bool     // it follows our lab
	Region    string   // code of a territory that both work in
	Themes    []string // that both work on
}

// score ranks suggestions: what people whom one trusts do counts most.
func (s *Suggestion) score() int {
	n := 10*len(s.Followers) + 2*len(s.Themes) - s.Lab.Hop
	if s.FollowsUs {
		n += 15
	}
	if s.Region != "" {
		n += 6
	}
	return n
}

const (
	// suggestible bounds the peers that are looked at, the nearest first.
	suggestible = 2000
	// PeerAge is for how long a peer counts without a word of its own server.
	PeerAge = 30 * 24 * time.Hour
)

// Suggestions returns the labs that our lab may want to follow, the best first, at
// most limit of them: those that are known by the word of their own servers, are not
// followed or asked already, want to be found, and are not kept away.
func (t *Txn) Suggestions(limit int) []Suggestion {
	lab, err := t.Lab()
	if err != nil {
		return nil
	}
	self, err := t.PeerByIRI(lab.IRI)
	if err != nil {
		return nil // the node did not look around yet
	}
	followers := t.followedBy(lab)
	var list []Suggestion
	seen := 0
	for p := range t.KnownPeers() {
		if seen++; seen > suggestible {
			break
		}
		if !t.suggests(lab, p) {
			continue
		}
		s := Suggestion{Lab: p, Followers: followers[p.IRI], Region: common(p.Territory, lab.Territory), Themes: commons(p.Themes, self.Themes)}
		if a, err := t.ActorByIRI(p.IRI); err == nil {
			s.FollowsUs = t.Follows(a.ID, lab.ID)
		}
		if len(s.Followers)+len(s.Themes) > 0 || s.FollowsUs || s.Region != "" {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b Suggestion) int { return cmp.Compare(b.score(), a.score()) })
	return list[:min(limit, len(list))]
}

// suggests says whether a peer may be suggested at all.
func (t *Txn) suggests(lab *Actor, p *Peer) bool {
	if p.Hop <= HopFollowed || t.now.Sub(p.Seen) > PeerAge || t.HostBlocked(HostOf(p.IRI)) || t.HostBlocked(p.Host) {
		return false
	}
	a, err := t.ActorByIRI(p.IRI)
	if err != nil {
		return true // nobody here ever had to do with it
	}
	f, err := t.Follow(lab.ID, a.ID)
	return a.Deleted.IsZero() && !t.Blocks(lab.ID, a.ID) && (err != nil || f.State == Refused)
}

// followedBy returns, for every actor, those whom our lab follows and who follow
// it.
func (t *Txn) followedBy(lab *Actor) map[string][]*Peer {
	by := map[string][]*Peer{}
	for f := range t.Following(lab.ID) {
		a, err := t.Actor(f.Followed)
		if err != nil || f.State != Accepted {
			continue
		}
		p, err := t.PeerByIRI(a.IRI)
		if err != nil || p.State != PeerKnown {
			continue
		}
		for _, iri := range t.PeerFollows(p.ID) {
			by[iri] = append(by[iri], p)
		}
	}
	return by
}

// common is the first of some words that is among others, or empty.
func common(words, others []string) string {
	for _, w := range words {
		if slices.Contains(others, w) {
			return w
		}
	}
	return ""
}

func commons(words, others []string) []string {
	var both []string
	for _, w := range words {
		if slices.Contains(others, w) {
			both = append(both, w)
		}
	}
	return both
}

package store

import (
	"cmp"
	"slices"
	"strings"
)

// Origins are where a member is at home: at this node, or at another.
var Origins = Vocabulary{Name: "origin", Slugs: []string{"ici", "reseau"}}

// MemberFacets narrow the directory, in the order of its form: the role, fields of
// profiles, and the origin.
var MemberFacets = slices.Concat(
	[]Field{{Name: roleFacet, Widget: Choice, Vocabulary: &MemberRoles, Facet: true}},
	slices.DeleteFunc(slices.Clone(ProfileFields), func(f Field) bool { return !f.Facet }),
	[]Field{{Name: originFacet, Widget: Choice, Vocabulary: &Origins, Facet: true}},
)

const (
	roleFacet   = "role"
	originFacet = "origine"
)

// MemberQuery narrows the directory of members. The zero MemberQuery is everybody
// whom a visitor meets.
type MemberQuery struct {
	Viewer Viewer
	Narrow map[string]string // facet -> value; a Tick has "1", own words are in lower case
	Offset int
	Limit  int // 0: all
}

// MemberList is a part of the directory. Of everybody the profile is what the
// viewer may read.
type MemberList struct {
	Members []*Actor
	Total   int
	Counts  map[string]map[string]int // facet -> value -> how many it would leave
}

// ListMembers is the directory: the members of this node, then those of followed
// labs, by name. Members of this node meet all of their own; everybody else, and of
// others everybody, only those who want to be found. Who claims to be a member of a
// lab that does not say so is not in it. Nobody is found by what the viewer may not
// read.
func (t *Txn) ListMembers(q MemberQuery) MemberList {
	list := MemberList{Counts: map[string]map[string]int{}}
	followed := map[string]bool{} // lab iri
	for a := range t.allMembers() {
		if t.inDirectory(q.Viewer, a, followed) {
			a.Profile = a.ProfileFor(q.Viewer)
			list.add(a, q.Narrow)
		}
	}
	slices.SortStableFunc(list.Members, func(a, b *Actor) int {
		if a.Local != b.Local {
			return cmp.Compare(origin(a), origin(b)) // in their order of letters, too
		}
		return strings.Compare(strings.ToLower(a.DisplayName()), strings.ToLower(b.DisplayName()))
	})
	list.Total = len(list.Members)
	list.Members = list.Members[min(q.Offset, list.Total):]
	if q.Limit > 0 {
		list.Members = list.Members[:min(q.Limit, len(list.Members))]
	}
	return list
}

// inDirectory remembers in followed which labs are.
func (t *Txn) inDirectory(v Viewer, a *Actor, followed map[string]bool) bool {
	if a.Local {
		return v.Local || a.Discoverable
	}
	if !a.Discoverable || !t.IsMember(a) {
		return false
	}
	yes, known := followed[a.Lab]
	if !known {
		lab, err := t.ActorByIRI(a.Lab)
		yes = err == nil && t.FollowedHere(lab.ID)
		followed[a.Lab] = yes
	}
	return yes
}

// add counts a member under every answer that would leave it, and takes it when
// all that was asked for hold.
func (l *MemberList) add(a *Actor, narrow map[string]string) {
	values, misses := memberValues(a), []string{}
	for facet, want := range narrow {
		if want != "" && !slices.Contains(values[facet], want) {
			misses = append(misses, facet)
		}
	}
	for facet, list := range values {
		if len(misses) > 1 || len(misses) == 1 && misses[0] != facet {
			continue
		}
		if l.Counts[facet] == nil {
			l.Counts[facet] = map[string]int{}
		}
		for _, value := range list {
			l.Counts[facet][value]++
		}
	}
	if len(misses) == 0 {
		l.Members = append(l.Members, a)
	}
}

// memberValues are what a member is found by. Its profile is what may be read.
func memberValues(a *Actor) map[string][]string {
	values := map[string][]string{originFacet: {origin(a)}}
	if a.Role != "" {
		values[roleFacet] = []string{a.Role}
	}
	for i := range ProfileFields {
		f := &ProfileFields[i]
		if !f.Facet {
			continue
		}
		switch p := f.At(a.Profile).(type) {
		case *[]string:
			for _, s := range *p {
				if s = strings.ToLower(s); !slices.Contains(values[f.Name], s) {
					values[f.Name] = append(values[f.Name], s)
				}
			}
		case *bool:
			if *p {
				values[f.Name] = []string{"1"}
			}
		}
	}
	return values
}

func origin(a *Actor) string {
	if a.Local {
		return Origins.Slugs[0]
	}
	return Origins.Slugs[1]
}

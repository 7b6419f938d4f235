package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ground is what the initiatives are put together from: what is done, by whom,
// and how it began.
type ground struct {
	Activities []activity `toml:"activities"`
	Groups     []group    `toml:"groups"`
	Beginnings []string   `toml:"beginnings"`
}

type activity struct {
	Title  string   `toml:"title"` // {commune}
	Pitch  string   `toml:"pitch"` // {group}, {number}
	Kind   string   `toml:"kind"`
	Themes []string `toml:"themes"`
}

type group struct {
	Name     string `toml:"name"`
	Category string `toml:"category"`
}

// populate gives every lab an initiative in each of its communes: one after the
// other through the lists, so that no two of a lab are alike.
func (n Network) populate() error {
	var g ground
	if err := decode("initiatives.toml", &g); err != nil {
		return err
	}
	at := 0
	for i := range n.Labs {
		lab := &n.Labs[i]
		people := lab.people()
		for j, commune := range lab.Communes {
			r := g.initiative(at, commune)
			if j < len(g.Beginnings) { // each is told once
				r.Fields["body"] = g.Beginnings[at*3%len(g.Beginnings)]
			}
			r.Key = fmt.Sprintf("initiative-%s-%d", lab.Handle, j+1)
			r.Authors = []string{people[j%len(people)].Handle}
			r.Fields["territory"] = lab.Territory
			lab.Initiatives = append(lab.Initiatives, r)
			at++
		}
	}
	return nil
}

// people are the members that are persons.
func (l *Lab) people() []Member {
	return slices.DeleteFunc(slices.Clone(l.Members), func(m Member) bool { return m.Editorial })
}

// initiative is number n of all.
func (g ground) initiative(n int, commune string) Record {
	what := g.Activities[n%len(g.Activities)]
	who, friends := g.Groups[n*5%len(g.Groups)], g.Groups[(n*5+11)%len(g.Groups)]
	town, _, _ := strings.Cut(commune, " (")
	words := strings.NewReplacer("{commune}", town, "{group}", who.Name, "{number}", strconv.Itoa(12+n*13%61))
	days := 40 + n*37%400
	r := Record{Kind: "initiative", DaysAgo: days, Fields: map[string]string{
		"title": words.Replace(what.Title), "pitch": words.Replace(what.Pitch),
		"initiativeKind": what.Kind, "themes": strings.Join(what.Themes, ", "),
		"place.commune": commune, "since": fmt.Sprintf("{-%d}", days+n*53%900), "status": "actif",
		"actors": who.Name + " | " + who.Category, "licence": "etalab-2.0", "audience": "public",
	}}
	switch n % 9 {
	case 2, 5:
		r.Fields["frugal"] = "oui"
	case 4:
		r.Fields["supporters"] = fmt.Sprintf("%s | {-%d} | Un coup de main le premier samedi du mois", friends.Name, days/2)
	case 7:
		r.Fields["status"] = "en-sommeil"
	case 8:
		r.Fields["status"], r.Fields["until"] = "arrete", fmt.Sprintf("{-%d}", days/2)
	}
	return r
}

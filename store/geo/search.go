package geo

import (
	"slices"
	"strings"
)

// Search finds places of the given kinds (all when none is given) by what a
// person typed: words of the name, however accented, hyphenated or shortened to
// their beginnings, the postal code, the number or name of the department. The
// whole name comes before what starts with it, that before the rest; then the
// more populous first. A commune that is now part of another is found under
// its old name and answered as the one it is part of.
func Search(query string, limit int, kinds ...Kind) []Place {
	q := newQuery(query, kinds)
	var out []Place
	for _, h := range q.run() {
		if len(out) >= limit {
			break
		}
		out = append(out, h.place())
	}
	return out
}

// run returns the hits, the best first, each place once.
func (q query) run() []hit {
	if len(q.words) == 0 {
		return nil
	}
	hits := q.areas()
	if q.wants(Commune) {
		hits = append(hits, q.communes()...)
	}
	slices.SortFunc(hits, hit.compare)
	if !q.wants(Commune) {
		return hits
	}
	return once(hits)
}

// once keeps the first hit of each place.
func once(hits []hit) []hit {
	c := communes()
	seen := make([]bool, c.today)
	return slices.DeleteFunc(hits, func(h hit) bool {
		if h.area != "" {
			return false
		}
		row := c.commune(h.row)
		was := seen[row]
		seen[row] = true
		return was
	})
}

// areas are the regions and departments that answer.
func (q query) areas() []hit {
	var hits []hit
	t := areas()
	for _, p := range slices.Concat(t.regions, t.departments) {
		_, number, _ := strings.Cut(p.Code, ":")
		line := " " + t.folded[p.Code] + "\t " + strings.ToLower(number)
		if q.wants(p.Kind) && allIn(q.words, line, "") {
			hits = append(hits, hit{rank: q.rank(line, ""), population: p.Population, area: p.Code})
		}
	}
	return hits
}

// communes are those that answer. A number such as 11 is first taken for that
// of the department, then for the beginning of any word: "Paris 11".
func (q query) communes() []hit {
	hits := q.scan(q.number)
	if len(hits) == 0 && q.number != "" {
		hits = q.scan("")
	}
	if len(hits) == 0 {
		hits = q.squeezed()
	}
	return hits
}

// scan goes through the lines in which the first word occurs. With a
// department's number it stays in that department and takes the number as said.
func (q query) scan(number string) []hit {
	words := q.words
	if number != "" {
		words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.ToUpper(w) == number })
	}
	if len(words) == 0 {
		return nil
	}
	var hits []hit
	c := communes()
	first := " " + words[0]
	for row := 0; row < c.rows(); row++ {
		start := c.wordStarts[row]
		next := strings.Index(c.words[start:], first)
		if next < 0 {
			break
		}
		for c.wordStarts[row+1] <= start+uint32(next) {
			row++
		}
		if h, ok := q.hit(row, words[1:], number); ok {
			hits = append(hits, h)
		}
	}
	return hits
}

// hit checks the other words against a row.
func (q query) hit(row int, words []string, number string) (hit, bool) {
	c := communes()
	commune := c.commune(row)
	department := departmentOf(c.code(commune))
	if number != "" && number != department {
		return hit{}, false
	}
	line := c.wordLine(row)
	if !allIn(words, line, department) {
		return hit{}, false
	}
	return c.hit(q.rank(line, department), row), true
}

func (c *communeTable) hit(r rank, row int) hit {
	return hit{rank: r, former: row >= c.today, population: int(c.population[c.commune(row)]), row: row}
}

// allIn says whether every word is the beginning of one in the line, or of one
// in the name of the department of this number or its region.
func allIn(words []string, line, department string) bool {
	for _, w := range words {
		w = " " + w
		if strings.Contains(line, w) {
			continue
		}
		p, ok := areas().byCode[string(Department)+":"+department]
		if !ok || !strings.Contains(" "+areas().folded[p.Code]+" "+areas().folded[p.Region], w) {
			return false
		}
	}
	return true
}

// squeezed finds names that were typed with the gaps between words elsewhere,
// or without: "lhay les roses", "Laroche sur Yon". It keeps to the department
// of a postal code and asks no more of it: those of large offices (cedex) are
// not in the data.
func (q query) squeezed() []hit {
	typed, department := strings.ReplaceAll(q.name, " ", ""), q.department()
	if len(typed) < 4 {
		return nil
	}
	var hits []hit
	c := communes()
	for row := range c.rows() {
		name, _, _ := strings.Cut(c.wordLine(row)[1:], "\t")
		rest, ok := squeezeOff(name, typed)
		if !ok || department != "" && department != departmentOf(c.code(c.commune(row))) {
			continue
		}
		r := holds
		if rest == "" {
			r = whole
		}
		hits = append(hits, c.hit(r, row))
	}
	return hits
}

// squeezeOff takes the letters off the front of a name, over its spaces.
func squeezeOff(name, letters string) (rest string, ok bool) {
	for i := range len(name) {
		switch {
		case letters == "":
			return name[i:], true
		case name[i] == letters[0]:
			letters = letters[1:]
		case name[i] != ' ':
			return "", false
		}
	}
	return "", letters == ""
}

package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// cog is the Code officiel géographique: the communes of today, those that
// were and are part of one of them, and what lies above.
type cog struct {
	present              []commune // by code
	former               []former  // by code, then name
	regions, departments []area
}

type commune struct {
	Code       string   `json:"code"`
	Name       string   `json:"nom"`
	Type       string   `json:"type"`
	Department string   `json:"departement"`
	Region     string   `json:"region"`
	Seat       string   `json:"chefLieu"` // of a part: the commune it belongs to
	City       string   `json:"commune"`  // of an arrondissement of Paris, Lyon, Marseille
	Former     []string `json:"anciensCodes"`
	Postal     []string `json:"codesPostaux"`
	Population int      `json:"population"`
}

// former is a name or a code that leads to a commune of today.
type former struct{ code, name, target, postal string }

type area struct {
	Code   string `json:"code"`
	Name   string `json:"nom"`
	Region string `json:"region"` // of a department
	Seat   string `json:"chefLieu"`
}

func readCOG(folder string) (c cog, err error) {
	var all []commune
	if err = readJSON(filepath.Join(folder, "data", "communes.json"), &all); err != nil {
		return c, err
	}
	if err = readJSON(filepath.Join(folder, "data", "departements.json"), &c.departments); err != nil {
		return c, err
	}
	if err = readJSON(filepath.Join(folder, "data", "regions.json"), &c.regions); err != nil {
		return c, err
	}
	for _, one := range all {
		if err = c.add(one); err != nil {
			return c, err
		}
	}
	slices.SortFunc(c.present, func(a, b commune) int { return cmp.Compare(a.Code, b.Code) })
	return c, nil
}

func (c *cog) add(one commune) error {
	switch one.Type {
	case "commune-actuelle":
		if want := departmentOf(one.Code); one.Department != want {
			return fmt.Errorf("commune %s is of department %s, and its code says %s", one.Code, one.Department, want)
		}
		c.present = append(c.present, one)
		for _, code := range one.Former {
			c.former = append(c.former, former{code: code, target: one.Code})
		}
	case "arrondissement-municipal":
		c.former = append(c.former, former{one.Code, one.Name, one.City, strings.Join(one.Postal, " ")})
	default: // a delegated or associated commune
		c.former = append(c.former, former{one.Code, one.Name, one.Seat, strings.Join(one.Postal, " ")})
	}
	return nil
}

// departmentOf is what the code of a commune starts with. Package geo reads
// the department from there.
func departmentOf(code string) string {
	if code[:2] == "97" || code[:2] == "98" {
		return code[:3]
	}
	return code[:2]
}

// tidy gives a name to the codes that have one in names, and drops what leads
// nowhere or says nothing new.
func (c *cog) tidy(names map[string]string) []former {
	var out []former
	today := map[string]string{}
	for _, one := range c.present {
		today[one.Code] = one.Name
	}
	for _, f := range c.former {
		f.name = cmp.Or(f.name, names[f.code])
		_, alive := today[f.code]
		name, leads := today[f.target]
		if !leads || alive && (f.name == "" || f.name == name) {
			continue
		}
		out = append(out, f)
	}
	// The nameless come last of their code, and go when another says the same.
	slices.SortFunc(out, func(a, b former) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(b.name, a.name)) })
	return slices.CompactFunc(out, func(a, b former) bool { return a.code == b.code && (a.name == b.name || min(a.name, b.name) == "") })
}

// people counts the inhabitants of regions and departments, by kind and code.
func (c *cog) people() map[string]int {
	sum := map[string]int{}
	for _, one := range c.present {
		sum["region"+one.Region] += one.Population
		sum["dep"+one.Department] += one.Population
	}
	return sum
}

// Package geo knows the places of France: 18 regions, 101 departments, the
// overseas collectivities and 34,969 communes, by the codes of the Code officiel
// géographique, with where they lie and how precisely that is known. It finds a
// place by what a person typed, and draws regions and departments.
//
// Everything is embedded (LICENCES.md says where it comes from and under which
// licences); nothing is asked of anybody. Communes are unpacked at the first
// question about one, a few megabytes that then stay; regions and departments
// are always there. All functions may be called at once by many.
//
// Codes are typed, since a region and a department may have the same number:
// "region:53", "dep:35", "com:35238" (DESIGN §7).
//
// The package keeps no records and knows no store: records name a place by its
// code.
package geo

//go:generate go run ./gen

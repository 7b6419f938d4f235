package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

func TestNoTwoTablesHaveTheSameName(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		name := spec.Names[0].Name
		if value, ok := spec.Values[0].(*ast.BasicLit); ok && strings.HasSuffix(value.Value, `/"`) {
			if other := tables[value.Value]; other != "" {
				t.Errorf("%s and %s are both %s", other, name, value.Value)
			}
			tables[value.Value] = name
		}
		return true
	})
	if len(tables) < 40 {
		t.Errorf("found %d tables only", len(tables))
	}
}

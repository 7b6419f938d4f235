package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

func TestNoTwoTablesHaveTheSameName(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	tables := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		addTables(t, tables, file)
	}
	if len(tables) < 60 {
		t.Errorf("found %d tables only", len(tables))
	}
}

func addTables(t *testing.T, tables map[string]string, file *ast.File) {
	t.Helper()
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) == 0 {
			return true
		}
		name := spec.Names[0].Name
		if value, ok := spec.Values[0].(*ast.BasicLit); ok && strings.HasPrefix(name, "t") && strings.HasSuffix(value.Value, `/"`) {
			if other := tables[value.Value]; other != "" {
				t.Errorf("%s and %s are both %s", other, name, value.Value)
			}
			tables[value.Value] = name
		}
		return true
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
)

func importCommand() *cobra.Command {
	var p place
	var in importRequest
	var dry bool
	c := &cobra.Command{
		Use:   "import [flags] FILE|URL",
		Short: "Make records of a file: CSV, GeoJSON, YesWiki, GoGoCarto, uMap, ICS",
		Long: "Make records of a file: CSV, GeoJSON, YesWiki, GoGoCarto, uMap, ICS. Columns are recognised by\n" +
			"their names; say with --column and --set what is not. Lines with mistakes are listed and left out.\n" +
			"The same file twice changes nothing; the pages of the administration undo an import for 30 days.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := in.read(args[0]); err != nil {
				return err
			}
			return p.with(c, func(_ context.Context, l *line) error { return runImport(c, l, in, dry) })
		},
	}
	p.flags(c)
	f := c.Flags()
	f.StringVar(&in.Kind, "kind", "", "what the records are: "+kindNames())
	f.StringVar(&in.Source, "source", "", "the name of the source; the same one updates what it brought before")
	f.StringToStringVar(&in.Columns, "column", nil, "which column of the file a field is: title=Nom")
	f.StringToStringVar(&in.Values, "set", nil, "what a field is where the file says nothing: audience=public")
	f.BoolVar(&dry, "dry-run", false, "say what would become of every line, and change nothing")
	required(c, "kind")
	return c
}

func kindNames() string {
	names := make([]string, len(store.Kinds))
	for i, k := range store.Kinds {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

type importRequest struct {
	Kind, Name, Source string
	Data               []byte // nil: Name is an address to be fetched
	Columns, Values    map[string]string
}

// read takes the file, unless it lies on the web.
func (in *importRequest) read(file string) error {
	in.Name = file
	if strings.HasPrefix(file, "https://") || strings.HasPrefix(file, "http://") {
		return nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() > sheet.MaxBytes {
		return fmt.Errorf("%s has more than %d MB", file, sheet.MaxBytes>>20)
	}
	in.Name = filepath.Base(file)
	in.Data, err = os.ReadFile(file)
	return err
}

// importReport is how far an import is, in words for the terminal.
type importReport struct {
	Import store.Import
	Wrong  []string
}

func runImport(c *cobra.Command, l *line, in importRequest, dry bool) error {
	report, err := openImport.call(c.Context(), l, in)
	if err != nil {
		return err
	}
	for _, wrong := range report.Wrong {
		fmt.Fprintln(c.ErrOrStderr(), wrong)
	}
	if dry {
		if _, err := forgetImport.call(c.Context(), l, report.Import.ID); err != nil {
			return err
		}
		return printCount(c.OutOrStdout(), "would be", report.Import.Count)
	}
	return whileRunning(c.Context(), l, func(ctx context.Context) error {
		if _, err := startImport.call(ctx, l, report.Import.ID); err != nil {
			return err
		}
		return waitForImport(ctx, c, l, report.Import.ID)
	})
}

func printCount(w io.Writer, verb string, n store.ImportCount) error {
	_, err := fmt.Fprintf(w, "%d %s created, %d %s updated, %d were here already, %d left out\n", n.Created, verb, n.Updated, verb, n.Same, n.Wrong)
	return err
}

// waitForImport shows how far an import is, until it is over.
func waitForImport(ctx context.Context, c *cobra.Command, l *line, id store.ID) error {
	bar := importBar(c.ErrOrStderr())
	tick := time.NewTicker(askAgain)
	defer tick.Stop()
	for {
		i, err := importState.call(ctx, l, id)
		if err != nil {
			return err
		}
		bar(i.Next, i.Total)
		switch i.State {
		case store.ImportDone:
			return printCount(c.OutOrStdout(), "were", i.Count)
		case store.ImportStopped:
			return fmt.Errorf("stopped at line %d of %d; what was done stays, see the log and /admin/imports to go on or undo it", i.Next, i.Total)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("interrupted at line %d of %d; the node goes on with it when it runs: %w", i.Next, i.Total, ctx.Err())
		}
	}
}

// importBar draws progress on a terminal, and nothing elsewhere.
func importBar(w io.Writer) func(done, total int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int, int) {}
	}
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	return func(done, total int) {
		bar.ChangeMax(max(total, 1))
		_ = bar.Set(done) // the terminal is gone: the result is told all the same
	}
}

// openImport reads a file and says what would become of it.
var openImport = task[importRequest, importReport]{"import/open", func(ctx context.Context, n *node, in importRequest) (importReport, error) {
	kind := store.KindOf(in.Kind)
	if kind == nil {
		return importReport{}, fmt.Errorf("kind %q is none of %s", in.Kind, kindNames())
	}
	d := n.desk()
	i, err := n.readImport(ctx, d, kind, in)
	if err != nil {
		return importReport{}, n.explainImport(err)
	}
	if err := n.mapImport(ctx, d, i, in); err != nil {
		return importReport{}, err
	}
	plan, err := d.Plan(ctx, i.ID)
	if err != nil {
		return importReport{}, err
	}
	report := importReport{Import: *plan.Import, Wrong: n.wrongLines(plan)}
	report.Import.Count = plan.Count
	return report, nil
}}

// desk is where the node takes files in.
func (n *node) desk() *intake.Desk {
	d := &intake.Desk{Node: n.door, Log: n.log}
	for _, lang := range assets.Languages {
		d.Langs = append(d.Langs, string(lang))
	}
	return d
}

func (n *node) readImport(ctx context.Context, d *intake.Desk, kind *store.Kind, in importRequest) (*store.Import, error) {
	lab, err := n.lab(ctx)
	if err != nil {
		return nil, err
	}
	if in.Data == nil {
		return d.Fetch(ctx, asItself(lab), kind, in.Name)
	}
	return d.Open(ctx, asItself(lab), kind, in.Name, in.Data)
}

// mapImport adds what the flags say to what was recognised.
func (n *node) mapImport(ctx context.Context, d *intake.Desk, i *store.Import, in importRequest) error {
	m, err := intake.MappingOf(i)
	if err != nil {
		return err
	}
	for field, column := range in.Columns {
		m.From[field] = sheet.From{Column: column, Value: m.From[field].Value}
	}
	for field, value := range in.Values {
		m.From[field] = sheet.From{Column: m.From[field].Column, Value: value}
	}
	source := in.Source
	if source == "" {
		source = i.Source
	}
	return d.Change(ctx, i.ID, source, m)
}

func (n *node) explainImport(err error) error {
	if m := sheet.IsMalformed(err); m != nil {
		return errors.New(n.word("import.malformed."+m.Reason, map[string]any{"line": m.Line, "max": sheet.MaxBytes >> 20, "rows": sheet.MaxRows}))
	}
	return err
}

func (n *node) word(key string, args ...any) string {
	return n.door.Words(n.config.Node.Language, key, args...)
}

// wrongLines say of every line that is left out what is wrong with it.
func (n *node) wrongLines(plan *intake.Plan) []string {
	var lines []string
	for _, row := range plan.Wrong {
		for _, e := range row.Wrong {
			column := plan.Mapping.ColumnOf(e.Field)
			if column == "" {
				column = e.Field
			}
			lines = append(lines, n.word("import.wrong-cell", "line", fmt.Sprint(row.Line), "column", column, "text", n.word(e.Reason, e.Args)))
		}
	}
	if more := plan.Count.Wrong - len(plan.Wrong); more > 0 {
		lines = append(lines, n.word("import.more-wrong", "count", more))
	}
	return lines
}

var startImport = task[store.ID, bool]{"import/start", func(ctx context.Context, n *node, id store.ID) (bool, error) {
	return true, n.desk().Start(ctx, id)
}}

var forgetImport = task[store.ID, bool]{"import/forget", func(ctx context.Context, n *node, id store.ID) (bool, error) {
	return true, n.desk().Forget(ctx, id)
}}

var importState = task[store.ID, *store.Import]{"import/state", func(ctx context.Context, n *node, id store.ID) (i *store.Import, err error) {
	err = n.store.View(ctx, func(tx *store.Txn) error {
		i, err = tx.Import(id)
		return err
	})
	return i, err
}}

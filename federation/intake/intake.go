// Package intake brings files of other software into a node: it reads them, shows
// what would become of every line, applies them, and undoes that within 30 days.
//
// What is applied goes through the door, Node.PublishAll, a batch of rows in one
// transaction with the account of what became of them. A node that is stopped in
// the middle goes on with the next row: no row is applied twice, none is lost. A
// record is found again by its source and its id there, so the same file twice
// changes nothing, and a newer one changes what is new.
//
// Reading files is left to store/sheet, pages and commands to their dialects.
package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/sheet"
)

// Job is the kind of job that applies and undoes imports: see Desk.Do.
const Job = "import"

// ErrBusy: the import is being applied or undone, or is over.
var ErrBusy = errors.New("import is not at rest")

// Desk takes files in. It is safe for concurrent use.
type Desk struct {
	Node  *federation.Node
	Langs []string // of the words that people write in cells
	Log   *slog.Logger
}

// Open reads a file and keeps it as an import that is not applied. name is that of
// the file. Errors: *sheet.Malformed, federation.ErrForbidden.
func (d *Desk) Open(ctx context.Context, by store.Viewer, kind *store.Kind, name string, data []byte) (*store.Import, error) {
	if !by.Runs {
		return nil, fmt.Errorf("import by %s: %w", by.Actor, federation.ErrForbidden)
	}
	now := d.Node.Store.Now()
	s, err := sheet.Read(data, now)
	if err != nil {
		return nil, err
	}
	i := &store.Import{
		By: by.Actor, File: name, Source: sourceOf(name), Format: string(s.Format),
		Mapping: encode(sheet.Guess(kind, s, d.labels(kind))), State: store.ImportDraft, Total: len(s.Rows), Created: now,
	}
	err = d.Node.Store.Update(ctx, func(tx *store.Txn) error {
		kept := *i // the transaction may run again
		tx.PutImport(&kept)
		tx.Note(store.JournalEntry{Deed: store.ReadImport, What: kept.Source})
		tx.PutImportFile(kept.ID, data)
		*i = kept
		return nil
	})
	return i, err
}

// Fetch is Open for a file on the web. Errors of package fetch come on top.
func (d *Desk) Fetch(ctx context.Context, by store.Viewer, kind *store.Kind, address string) (*store.Import, error) {
	if !by.Runs {
		return nil, fmt.Errorf("import by %s: %w", by.Actor, federation.ErrForbidden)
	}
	doc, err := d.Node.Fetch.File(ctx, address, sheet.MaxBytes)
	if err != nil {
		return nil, err
	}
	return d.Open(ctx, by, kind, address, doc.Body)
}

// sourceOf names a source by its host or its file.
func sourceOf(name string) string {
	if u, err := url.Parse(name); err == nil && u.Host != "" {
		return u.Host
	}
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

func encode(m sheet.Mapping) json.RawMessage {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // texts
	}
	return b
}

// labels are what the forms of the node call a field.
func (d *Desk) labels(k *store.Kind) sheet.Labels {
	return func(f *store.Field) []string {
		var all []string
		for _, lang := range d.Langs {
			for _, key := range []string{"field." + k.Name + "-" + f.Name, "field." + f.Name} {
				if word := d.Node.Words(lang, key); word != key {
					all = append(all, word)
				}
			}
		}
		return all
	}
}

// words finds slugs by the words for them, those of the node's own vocabulary of themes
// too.
func (d *Desk) words(synonyms store.Synonyms) sheet.Words {
	known := map[string]map[string]string{} // vocabulary -> folded word -> slug
	return func(v *store.Vocabulary, word string) string {
		slugs := known[v.Name]
		if slugs == nil {
			slugs = map[string]string{}
			if v.Name == store.Themes.Name {
				slugs = themeWords(synonyms)
			}
			for _, slug := range v.Slugs {
				slugs[geo.Fold(slug)] = slug
				for _, lang := range d.Langs {
					slugs[geo.Fold(d.Node.Words(lang, v.Name+"."+slug))] = slug
				}
			}
			known[v.Name] = slugs
		}
		return slugs[geo.Fold(word)]
	}
}

// themeWords are the synonyms of themes, folded.
func themeWords(synonyms store.Synonyms) map[string]string {
	slugs := map[string]string{}
	for slug, words := range synonyms {
		for _, word := range words {
			slugs[geo.Fold(word)] = slug
		}
	}
	return slugs
}

// Change says anew which column becomes which field, and what the source is
// called. Errors: ErrBusy, store.ErrNotFound.
func (d *Desk) Change(ctx context.Context, id store.ID, source string, m sheet.Mapping) error {
	return d.change(ctx, id, func(tx *store.Txn, i *store.Import) {
		i.Source, i.Mapping = source, encode(m)
		note(tx, store.MapImport, i)
	}, store.ImportDraft)
}

// Start applies an import, or goes on with one that stopped.
func (d *Desk) Start(ctx context.Context, id store.ID) error {
	return d.change(ctx, id, func(tx *store.Txn, i *store.Import) {
		if i.State == store.ImportDraft {
			i.Started = tx.Now()
		}
		i.State, i.Reason = store.ImportRunning, ""
		note(tx, store.StartImport, i)
		tx.AddJob(Job, job{i.ID})
	}, store.ImportDraft, store.ImportStopped)
}

// Pause stops an import that is being applied, after the rows at hand. Start goes on.
func (d *Desk) Pause(ctx context.Context, id store.ID) error {
	return d.change(ctx, id, func(tx *store.Txn, i *store.Import) {
		i.State, i.Reason = store.ImportStopped, "paused"
		note(tx, store.PauseImport, i)
	}, store.ImportRunning)
}

// Undo takes back what an import did: it deletes what it made and restores what it
// changed, but for records that somebody changed since. One that is being applied
// stops after the rows at hand.
func (d *Desk) Undo(ctx context.Context, id store.ID) error {
	return d.change(ctx, id, func(tx *store.Txn, i *store.Import) {
		i.State, i.Next = store.ImportUndoing, 0
		note(tx, store.UndoImport, i)
		tx.AddJob(Job, job{i.ID})
	}, store.ImportRunning, store.ImportStopped, store.ImportDone)
}

// Forget throws an import away that was not applied.
func (d *Desk) Forget(ctx context.Context, id store.ID) error {
	return d.Node.Store.Update(ctx, func(tx *store.Txn) error {
		i, err := inState(tx, id, store.ImportDraft)
		if err == nil {
			tx.DropImport(i.ID)
			note(tx, store.ForgetImport, i)
		}
		return err
	})
}

// note tells the journal what is done with an import.
func note(tx *store.Txn, deed store.Deed, i *store.Import) {
	tx.Note(store.JournalEntry{Deed: deed, What: i.Source})
}

type job struct {
	Import store.ID `json:"import"`
}

// change changes an import that is in one of these states.
func (d *Desk) change(ctx context.Context, id store.ID, change func(*store.Txn, *store.Import), states ...store.ImportState) error {
	return d.Node.Store.Update(ctx, func(tx *store.Txn) error {
		i, err := inState(tx, id, states...)
		if err == nil {
			change(tx, i)
			tx.PutImport(i)
		}
		return err
	})
}

func inState(tx *store.Txn, id store.ID, states ...store.ImportState) (*store.Import, error) {
	i, err := tx.Import(id)
	if err == nil && !slices.Contains(states, i.State) {
		err = fmt.Errorf("import %s is %s: %w", id, i.State, ErrBusy)
	}
	return i, err
}

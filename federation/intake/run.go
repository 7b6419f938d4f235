package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

const (
	batch = 50              // rows in one transaction
	shift = 1 * time.Minute // then a job makes room for others
)

// Do applies or undoes an import, from the row at which it was stopped. It is the
// node's worker for jobs of the kind Job.
func (d *Desk) Do(ctx context.Context, j *store.Job) error {
	var data job
	if err := json.Unmarshal(j.Data, &data); err != nil {
		return err
	}
	i, err := d.find(ctx, data.Import)
	if err != nil {
		return err
	}
	until := d.Node.Store.Now().Add(shift)
	switch i.State {
	case store.ImportRunning:
		err = d.apply(ctx, i.ID, until)
	case store.ImportUndoing:
		err = d.undo(ctx, i, until)
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrBusy) || errors.Is(err, store.ErrFull) {
		return err
	}
	d.Log.ErrorContext(ctx, "import stopped", "object", i.ID, "err", err)
	return d.change(ctx, i.ID, func(_ *store.Txn, i *store.Import) {
		i.State, i.Reason = store.ImportStopped, "error"
	}, store.ImportRunning, store.ImportUndoing)
}

func (d *Desk) find(ctx context.Context, id store.ID) (i *store.Import, err error) {
	err = d.Node.Store.View(ctx, func(tx *store.Txn) error {
		i, err = tx.Import(id)
		return err
	})
	return i, err
}

func (d *Desk) apply(ctx context.Context, id store.ID, until time.Time) error {
	r, err := d.read(ctx, id)
	if err != nil {
		return err
	}
	for r.State == store.ImportRunning {
		if d.Node.Store.Now().After(until) {
			return d.again(ctx, id)
		}
		if err := d.applyBatch(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// again leaves the rest to another job.
func (d *Desk) again(ctx context.Context, id store.ID) error {
	return d.Node.Store.Update(ctx, func(tx *store.Txn) error {
		tx.AddJob(Job, job{id})
		return nil
	})
}

// by is in whose name an import is applied: those who may import, may publish for
// the lab.
func by(i *store.Import) store.Viewer {
	return store.Viewer{Actor: i.By, Local: true, Runs: true}
}

// applyBatch applies some rows and remembers what became of them, all or none. Somebody
// may have paused the import, or gone on with it, since the rows before.
func (d *Desk) applyBatch(ctx context.Context, r *reading) error {
	var after store.Import
	err := d.Node.PublishAll(ctx, by(r.Import), func(tx *store.Txn, publish func(*federation.Activity) error) error {
		now, err := tx.Import(r.ID)
		if err != nil {
			return err
		}
		if after = *now; now.State != store.ImportRunning {
			return nil
		}
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		for end := min(after.Next+batch, after.Total); after.Next < end; after.Next++ {
			o := r.look(tx, after.Next)
			if err := o.publish(publish, lab.IRI); err != nil {
				return fmt.Errorf("row %d: %w", after.Next, err)
			}
			o.count(&after.Count)
			if o.item != nil || o.Wrong != nil {
				tx.PutImportedRow(after.ID, after.Next, &o.ImportedRow)
			}
		}
		if after.Next == after.Total {
			after.State, after.Ended = store.ImportDone, tx.Now()
		}
		tx.PutImport(&after)
		return nil
	})
	if err == nil {
		*r.Import = after
	}
	return err
}

// publish applies a row. What the door finds wrong with it is the row's mistake.
func (o *outcome) publish(publish func(*federation.Activity) error, lab string) error {
	if o.item == nil {
		return nil
	}
	verb := "Create"
	if o.was != nil {
		verb = "Update"
	}
	err := publish(&federation.Activity{Verb: verb, Actor: lab, Item: o.item})
	if wrong, ok := errors.AsType[store.FieldErrors](err); ok {
		o.Wrong, o.item, o.Before = wrong, nil, nil
		return nil
	}
	if err == nil {
		r := o.item.Envelope()
		o.Record, o.Version = r.ID, r.Version
	}
	return err
}

func (d *Desk) undo(ctx context.Context, i *store.Import, until time.Time) error {
	for i.State == store.ImportUndoing {
		if d.Node.Store.Now().After(until) {
			return d.again(ctx, i.ID)
		}
		if err := d.undoBatch(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// undoBatch takes some rows back, all or none. Another job may have taken others back
// since the rows before.
func (d *Desk) undoBatch(ctx context.Context, i *store.Import) error {
	var after store.Import
	err := d.Node.PublishAll(ctx, by(i), func(tx *store.Txn, publish func(*federation.Activity) error) error {
		now, err := tx.Import(i.ID)
		if err != nil {
			return err
		}
		if after = *now; now.State != store.ImportUndoing {
			return nil
		}
		if err := takeBackRows(tx, publish, &after); err != nil {
			return err
		}
		if after.Next == after.Total {
			after.State, after.Ended = store.ImportUndone, tx.Now()
		}
		tx.PutImport(&after)
		return nil
	})
	if err == nil {
		*i = after
	}
	return err
}

// takeBackRows takes a batch of rows back, and goes on to the next.
func takeBackRows(tx *store.Txn, publish func(*federation.Activity) error, i *store.Import) error {
	lab, err := tx.Lab()
	if err != nil {
		return err
	}
	rows := map[int]*store.ImportedRow{}
	for n, row := range tx.ImportedRows(i.ID, i.Next) {
		if n >= i.Next+batch {
			break
		}
		rows[n] = row
	}
	for end := min(i.Next+batch, i.Total); i.Next < end; i.Next++ {
		if row := rows[i.Next]; row != nil && row.Record != 0 {
			if err := takeBack(tx, publish, lab.IRI, row, &i.Count); err != nil {
				return fmt.Errorf("row %d: %w", i.Next, err)
			}
		}
	}
	return nil
}

// takeBack restores what a row changed, unless somebody changed it since.
func takeBack(tx *store.Txn, publish func(*federation.Activity) error, lab string, row *store.ImportedRow, c *store.ImportCount) error {
	it, err := tx.Record(row.Record)
	if errors.Is(err, store.ErrNotFound) {
		c.Undone++ // somebody deleted it
		return nil
	}
	if err != nil {
		return err
	}
	if it.Envelope().Version != row.Version {
		c.Kept++
		return nil
	}
	c.Undone++
	if row.Before == nil {
		return publish(&federation.Activity{Verb: "Delete", Actor: lab, Object: it.Envelope().IRI})
	}
	before := store.DecodeItem(row.Before)
	open(before)
	return publish(&federation.Activity{Verb: "Update", Actor: lab, Item: before})
}

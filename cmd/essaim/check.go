package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/store"
)

func checkCommand() *cobra.Command {
	var p place
	c := &cobra.Command{
		Use:   "check",
		Short: "Read the whole store and say whether it is whole",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c, func(ctx context.Context, l *line) error {
				found, err := checkStore.call(ctx, l, struct{}{})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(c.OutOrStdout(), "whole: %d local actors, %d records, %d deliveries waiting\n", found.Actors, found.Records, found.Waiting)
				return err
			})
		},
	}
	p.flags(c)
	return c
}

// inventory is what a check counted on its way.
type inventory struct{ Actors, Records, Waiting int }

// checkStore follows every reference of the file, then reads what lies in it.
var checkStore = task[struct{}, inventory]{"check", func(ctx context.Context, n *node, _ struct{}) (inventory, error) {
	if err := n.engine.Check(ctx); err != nil {
		return inventory{}, err
	}
	var found inventory
	err := n.store.View(ctx, func(tx *store.Txn) (err error) {
		defer func() {
			if p := recover(); p != nil { // a row that cannot be decoded
				err = fmt.Errorf("check: %v", p)
			}
		}()
		found, err = takeInventory(tx)
		return err
	})
	return found, err
}}

func takeInventory(tx *store.Txn) (found inventory, err error) {
	for a := range tx.LocalActors() {
		found.Actors++
		if _, err := tx.Keypair(a.ID); err != nil && a.Deleted.IsZero() {
			return found, fmt.Errorf("check: keys of %s: %w", a.IRI, err)
		}
	}
	everything := store.Query{Viewer: store.Viewer{Actor: "check", Local: true, Runs: true}, Limit: 1 << 30}
	for _, k := range store.Kinds {
		for _, it := range tx.ListKind(k.Name, everything).Items {
			found.Records++
			r := it.Envelope()
			if same, err := tx.RecordByIRI(r.IRI); err != nil || same.Envelope().ID != r.ID {
				return found, errors.Join(fmt.Errorf("check: record %s is not found by its address", r.IRI), err)
			}
		}
	}
	for _, waiting := range tx.Backlog() {
		found.Waiting += waiting
	}
	return found, nil
}

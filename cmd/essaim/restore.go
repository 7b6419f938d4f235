package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
)

func restoreCommand() *cobra.Command {
	verify := false
	c := &cobra.Command{
		Use:   "restore FILE.tar.gz DIR, or restore --verify FILE.tar.gz",
		Short: "Make a data directory of a backup, or rehearse it",
		Long: "Make a data directory of a backup: every file is compared with its sum, the whole store is read, and\n" +
			"everybody is signed out of the browsers that were signed in then. DIR must be empty or not there.\n" +
			"With --verify the same is done in a temporary directory, which is removed. Never let the restored\n" +
			"node run beside the old one: both would speak under one name.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case verify && len(args) == 1:
				return rehearse(c, args[0])
			case verify:
				return errors.New("--verify restores nothing: give FILE alone")
			case len(args) == 1:
				return errors.New("where to? Give the directory, or --verify")
			}
			return restore(c, args[0], args[1])
		},
	}
	c.Flags().BoolVar(&verify, "verify", false, "restore to a temporary directory, and say whether all is well")
	return c
}

// rehearse restores to nowhere.
func rehearse(c *cobra.Command, file string) (err error) {
	dir, err := os.MkdirTemp("", "essaim-restore-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m, found, err := restoreTo(c, file, dir)
	if err != nil {
		return err
	}
	return reportRestored(c, "good: ", m, found)
}

func restore(c *cobra.Command, file, dir string) error {
	m, found, err := restoreTo(c, file, dir)
	if err != nil {
		return err
	}
	if err := reportRestored(c, "restored: ", m, found); err != nil {
		return err
	}
	if !m.Secrets {
		fmt.Fprintln(c.ErrOrStderr(), "Passwords of the configuration were not in the backup: set them anew (mail.password).")
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "essaim serve --data %s\n", dir)
	return err
}

func reportRestored(c *cobra.Command, what string, m *backup.Manifest, found inventory) error {
	_, err := fmt.Fprintf(c.OutOrStdout(), "%s%s as it was on %s: %d files, %d local actors, %d records\n",
		what, m.Address, m.Made.Format("2006-01-02 15:04:05 MST"), len(m.Files), found.Actors, found.Records)
	return err
}

// restoreTo unpacks an archive, reads its whole store, and shuts out whoever might
// have been shut out since.
func restoreTo(c *cobra.Command, file, dir string) (m *backup.Manifest, found inventory, err error) {
	ctx := c.Context()
	if m, err = backup.Restore(ctx, file, dir); err != nil {
		return nil, found, err
	}
	cfg, err := loadConfig(dir, "", nil)
	if err != nil {
		return nil, found, err
	}
	cfg.Node.BaseURL = m.Address // with a flag or a variable it may say otherwise
	n := &node{nodeOptions: nodeOptions{dir: dir, config: cfg, log: newLog(c.ErrOrStderr(), cfg.Log)}}
	if err = n.openStore(ctx); err == nil {
		err = n.inBatches(ctx, func(tx *store.Txn) int { return tx.EndVisits(tidyBatch) })
	}
	if err == nil {
		err = n.store.Update(store.AtTerminal(ctx), func(tx *store.Txn) error {
			tx.Note(store.JournalEntry{Deed: store.RestoreBackup, What: m.Made.UTC().Format("2006-01-02 15:04")})
			return nil
		})
	}
	if err == nil {
		found, err = checkStore.do(ctx, n, struct{}{})
	}
	return m, found, errors.Join(err, n.close())
}

// beforeUpgrade packs a store whose layout this version is about to change: the
// version before cannot read it afterwards.
func (n *node) beforeUpgrade(ctx context.Context) error {
	schema, err := store.Outdated(ctx, n.engine)
	if err != nil || schema == 0 {
		return err
	}
	base, err := whatToBackUp.do(ctx, n, struct{}{})
	if err != nil {
		return err
	}
	from, err := base.source(false, func(ctx context.Context) (string, error) { return copyStore.do(ctx, n, struct{}{}) })
	if err != nil {
		return err
	}
	from.Media = "" // uploads do not change
	shelf := shelfIn(n.dir)
	if err := shelf.Open(); err != nil {
		return err
	}
	path, err := shelf.Path(backup.BeforeSchema(from.Now, schema))
	if err == nil {
		_, err = backup.Write(ctx, path, from)
	}
	if err != nil {
		return fmt.Errorf("keep the store as it is before the upgrade: %w", err)
	}
	n.log.Info("store is upgraded; it was kept as it was", "status", path)
	return nil
}

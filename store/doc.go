// Package store holds the nouns of Essaim, their rules, and how they lie on an
// ordered key-value engine.
//
// The nouns: an Actor (lab, member, node), a Record of some Kind (experiment,
// lesson, …), a Follow between actors, a Reaction of an actor to a record, an
// Activity as it was published or received, the out-log and the Lanes that
// drain it, an Account that signs in, a Circle of members. Every change to what
// is shared goes through federation's Node.apply; this package only says what may
// lie in the store and keeps its indexes true.
//
// # A kind is one file
//
// A kind of record is a struct that embeds Record and a Kind that describes it:
// forms with their messages, pages, lists with their facets, tables for
// spreadsheets and the ActivityStreams mapping follow from the descriptor. To add
// one, method.go is the example to read, experiment.go the one that does most:
//
//   - store/<kind>.go: the struct, with its rows as structs of their own in Entries;
//     newKind with a Name, Path and Letter that no other kind has, and its Fields in
//     the order of the form, those of the envelope (envelope_fields.go) among them;
//     its vocabularies. Names within a table are its JSON keys and go on the wire, so
//     they must not be terms of others (federation/vocab/terms.go).
//   - web/assets/locales/kind-<kind>.{fr,en}.toml: its words. TestEveryKindAndVocabularyHasItsWords
//     says which are missing.
//   - store/<kind>_test.go: what only this kind does.
//
// Behaviour of its own is a method that makes it one of the interfaces of kind.go
// and its neighbours: Checker for rules that bind fields together, Reviser for what
// happens when it is saved, Staged for a journey, Announcer for what its followers
// are told, Actable for what others than its authors may do to it, Stamped for a
// badge that depends on the day, Mapper for the words of other software.
//
// No other file need know of it. The tests over Kinds run for it at once: its fields fit
// their widgets, every wrong answer has its message in both languages, and whatever
// it declares travels from the form to the page of another node.
//
// # Transactions
//
// Reads happen in Store.View, writes in Store.Update, both on a *Txn whose
// methods are the vocabulary of the rest of the program. Closures may run again:
// they gather nothing and tell nobody.
//
// The package imports the standard library only.
package store

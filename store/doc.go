// Package store holds the nouns of Essaim, their rules, and how they lie on an
// ordered key-value engine.
//
// The nouns: an Actor (lab, member, node), a Record of some Kind (experiment,
// news, …), a Follow between actors, a Reaction of an actor to a record, an
// Activity as it was published or received, the out-log and the Lanes that
// drain it, an Account that signs in, a Circle of members. Every change to what
// is shared goes through federation's Node.apply; this package only says what may
// lie in the store and keeps its indexes true.
//
// # A kind is one file
//
// A kind of record is a struct that embeds Record, and a Kind that describes it
// (experiment.go and news.go are the first two). The descriptor drives forms,
// their messages, pages, lists and the ActivityStreams mapping, so adding a kind
// is: one file here with the struct and its descriptor, its line in kinds.go,
// its messages in web/assets/locales, its tests.
//
// # Transactions
//
// Reads happen in Store.View, writes in Store.Update, both on a *Txn whose
// methods are the vocabulary of the rest of the program. Closures may run again:
// they gather nothing and tell nobody.
//
// The package imports the standard library only.
package store

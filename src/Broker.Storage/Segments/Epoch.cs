using Broker.Model;

namespace Broker.Storage;

/// <summary>Where a term begins in a log.</summary>
public readonly record struct Epoch(Term Term, LogIndex FirstIndex, Offset FirstOffset);

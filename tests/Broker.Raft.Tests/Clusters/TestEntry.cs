using Broker.Model;

namespace Broker.Raft.Tests.Clusters;

/// <summary>
/// An entry as the tests see it: two are the same if and only if they were appended by the same act.
/// </summary>
public readonly record struct TestEntry(Term Term, long Id, Configuration? Configuration = null);

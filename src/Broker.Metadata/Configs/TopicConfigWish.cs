using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>A topic whose configs somebody wants changed.</summary>
/// <param name="Topic">The name by which the client knows it.</param>
/// <param name="Id">
/// Which topic had that name when the client asked: one that has it later is another, and is not changed.
/// </param>
/// <param name="ReplacesAll">Whatever is set and not named goes back to its default.</param>
/// <param name="Changes">Each names another config.</param>
public sealed record TopicConfigWish(
    string Topic, TopicId Id, bool ReplacesAll, ImmutableArray<ConfigChange> Changes);

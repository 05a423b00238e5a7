using Broker.Model;

namespace Broker.Client.Groups;

/// <summary>What all brokers that answered told of the groups that they coordinate.</summary>
/// <param name="Groups">By id, each once.</param>
/// <param name="Silent">The brokers that did not tell, and why: groups of theirs may be missing.</param>
public sealed record GroupSurvey(IReadOnlyList<GroupListing> Groups, IReadOnlyDictionary<BrokerId, string> Silent);

using Broker.Server.Groups.Classic;

namespace Broker.Server.Groups.Log;

/// <summary>A classic group as its last record has it.</summary>
/// <param name="Since">When it came to be so, in Unix milliseconds; -1 where an old record does not say.</param>
internal sealed record StoredGroup(GroupMetadata Metadata, long Since);

namespace Broker.Server.Groups.Log;

/// <param name="Stored">Null: there is no such group any more, but for its offsets.</param>
internal sealed record GroupMetadataRecord(string Group, StoredGroup? Stored) : GroupRecord(Group);

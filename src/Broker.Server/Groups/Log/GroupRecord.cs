namespace Broker.Server.Groups.Log;

/// <summary>A record of __consumer_offsets, understood.</summary>
internal abstract record GroupRecord(string Group);

using Broker.Model;

namespace Broker.Server.Groups;

/// <summary>In whose transaction offsets are to be committed.</summary>
internal readonly record struct TransactionClaim(string Id, ProducerId Producer, short Epoch);

using Broker.Model;

namespace Broker.Server.Partitions.Transactions;

/// <summary>The right to append to a partition in a transaction; good in one term of its leader, while it is
/// open.</summary>
/// <param name="Number">The transaction's; see <see cref="Verification"/>.</param>
/// <param name="CoordinatorEpoch">Of the coordinator that gave it: void where a newer one has ended something.</param>
internal readonly record struct TransactionToken(Term Term, long Number, int CoordinatorEpoch);

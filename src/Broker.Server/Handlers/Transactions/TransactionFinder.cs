using Broker.Protocol;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Transactions;

namespace Broker.Server.Handlers.Transactions;

/// <summary>Finds the coordinator of a transactional id that a producer names, and says things as Kafka says
/// them.</summary>
internal static class TransactionFinder
{
    /// <summary>None and the coordinator, or why there is none to ask.</summary>
    public static ErrorCode Find(HandlerServices services, string id, out TransactionCoordinator? coordinator)
    {
        coordinator = null;
        return id.Length == 0 ? ErrorCode.InvalidRequest : services.Transactions.Find(id, out coordinator);
    }

    /// <summary>Clients of versions below 2 know one error for a producer that is fenced, and not its newer
    /// name.</summary>
    public static ErrorCode Known(ErrorCode error, short version) =>
        error == ErrorCode.ProducerFenced && version < 2 ? ErrorCode.InvalidProducerEpoch : error;
}

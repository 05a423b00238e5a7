using Broker.Model;

namespace Broker.Client.Producing;

/// <summary>The id and epoch under which an idempotent producer numbers its batches.</summary>
internal sealed record ProducerIdentity(ProducerId Id, short Epoch)
{
    public static readonly ProducerIdentity None = new(ProducerId.None, -1);
}

using Broker.Model;

namespace Broker.Server.Controller.Messages;

/// <summary>Carries a request to another broker's controller.</summary>
internal interface IControllerTransport
{
    /// <summary>Null if the broker was not reached or did not answer in time; then the outcome is not known.</summary>
    ValueTask<ControllerReply?> CallAsync(
        BrokerId broker, ControllerRequest request, TimeSpan patience, CancellationToken cancellation);
}

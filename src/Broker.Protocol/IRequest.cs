namespace Broker.Protocol;

/// <summary>The body of a request.</summary>
public interface IRequest : IMessagePart
{
    ApiKey ApiKey { get; }
}

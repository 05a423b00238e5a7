namespace Broker.Protocol;

/// <summary>The body of a response.</summary>
public interface IResponse : IMessagePart
{
    ApiKey ApiKey { get; }
}

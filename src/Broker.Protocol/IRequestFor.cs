namespace Broker.Protocol;

/// <summary>The body of a request that is answered by a <typeparamref name="TResponse"/>.</summary>
public interface IRequestFor<TResponse> : IRequest
    where TResponse : class, IResponse, new();

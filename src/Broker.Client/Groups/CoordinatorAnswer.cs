using Broker.Model;
using Broker.Protocol;

namespace Broker.Client.Groups;

/// <summary>What became of a question to a group's coordinator.</summary>
/// <param name="Error">None, and then there is a response; or what it, or the search for it, failed with last.</param>
/// <param name="Detail">More about the error, where there is more.</param>
/// <param name="Coordinator">Who was asked.</param>
/// <param name="IsUncertain">A try may have been acted on without saying so.</param>
internal readonly record struct CoordinatorAnswer<TResponse>(
    ErrorCode Error, string? Detail, BrokerId Coordinator, TResponse? Response, bool IsUncertain = false)
    where TResponse : class
{
    /// <exception cref="RequestException">There is an error.</exception>
    public TResponse OrThrow(string what)
    {
        AdminClient.ThrowIfFailed(Error, what, Detail);
        return Response!;
    }
}

using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Groups;

/// <summary>
/// Asks the broker that coordinates a group; another one where that moves, and again while it loads, for a bounded
/// time. Any thread.
/// </summary>
internal sealed class CoordinatorCalls(ClientOptions options, ConnectionPool pool, AdminClient admin)
{
    // Long enough for an election; short enough for somebody who waits to be told what is wrong.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="codeOf">The error in a response that decides whether the question is put again.</param>
    public async Task<CoordinatorAnswer<TResponse>> AskAsync<TResponse>(
        string group, IRequestFor<TResponse> request, Func<TResponse, ErrorCode> codeOf, CancellationToken token)
        where TResponse : class, IResponse, new()
    {
        Backoff backoff = new(options);
        long giveUp = PatienceEnd(options);
        bool uncertain = false;
        while (true)
        {
            CoordinatorAnswer<TResponse> answer =
                await TryAsync(group, request, codeOf, token).ConfigureAwait(false);
            uncertain |= answer.IsUncertain;
            if (!Passes(answer.Error) || Deadlines.HasPassed(options, giveUp))
            {
                return answer with { IsUncertain = uncertain };
            }

            await Task.Delay(backoff.Next(), options.Clock, token).ConfigureAwait(false);
        }
    }

    /// <summary>While a coordinator is being elected or reads what it is to coordinate.</summary>
    public static bool Passes(ErrorCode code) => code is
        ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator;

    public static long PatienceEnd(ClientOptions options) => Deadlines.After(
        options, options.OperationTimeout < Patience ? options.OperationTimeout : Patience);

    private async Task<CoordinatorAnswer<TResponse>> TryAsync<TResponse>(
        string group, IRequestFor<TResponse> request, Func<TResponse, ErrorCode> codeOf, CancellationToken token)
        where TResponse : class, IResponse, new()
    {
        FindCoordinatorRequest search = new();
        search.CoordinatorKeys.Add(group);
        FindCoordinatorResponse found = await admin.AskAnyAsync(search, token).ConfigureAwait(false);
        FindCoordinatorResponse.Coordinator coordinator = found.Coordinators.Single();
        BrokerId node = coordinator.NodeId;
        if (coordinator.ErrorCode != ErrorCode.None)
        {
            string? why = coordinator.ErrorMessage is { } message
                ? $"no broker can coordinate groups like this one at the moment: {message}"
                : null;
            return new CoordinatorAnswer<TResponse>(coordinator.ErrorCode, why, node, null);
        }

        BrokerConnection connection;
        try
        {
            HostAndPort address = new(coordinator.Host, coordinator.Port);
            connection = await pool.GetAsync(address, token).ConfigureAwait(false);
        }
        catch (UnreachableException e)
        {
            return Unreachable<TResponse>(node, e, mayHaveActed: false);
        }

        try
        {
            TResponse response = await connection
                .SendAsync(request, options.RequestTimeout, token)
                .ConfigureAwait(false);
            ErrorCode error = codeOf(response);
            return new CoordinatorAnswer<TResponse>(
                error, null, node, response, IsUncertain: error == ErrorCode.CoordinatorNotAvailable);
        }
        catch (UnreachableException e)
        {
            return Unreachable<TResponse>(node, e, mayHaveActed: true);
        }
    }

    private static CoordinatorAnswer<TResponse> Unreachable<TResponse>(
        BrokerId node, UnreachableException cause, bool mayHaveActed)
        where TResponse : class =>
        new(
            ErrorCode.CoordinatorNotAvailable,
            $"its coordinator, broker {node}, does not answer: {cause.Message}",
            node,
            null,
            mayHaveActed);
}
